"""Who is who: authorities, leaf certificates, and the files they live in."""
