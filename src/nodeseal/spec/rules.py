"""What a name, an address, a port may be."""
