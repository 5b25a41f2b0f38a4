"""The status page as plain files, which any web server can serve without us."""
