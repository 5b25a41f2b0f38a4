"""``make demo``: one incident from the first signal to the published postmortem.

It starts a throw-away server and drives it as people and machines would: over HTTP, by
the command line, and through the links in the mails it sends. Nothing of the server is
imported here.
"""
