"""Deploys, flag flips and migrations that senders reported: suspects."""
