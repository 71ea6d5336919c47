"""The user's verbs. Nothing here is imported before its verb is called."""
