"""Each server's dialect: setting names, file formats, log lines, the Java it needs."""
