"""The command line, the API's twin."""
