"""What lies behind a changed input: files and commits, imports, versions, files in conf/."""
