"""nodeseal measured against its peers, side by side in one run; each module prints a table with ratios."""
