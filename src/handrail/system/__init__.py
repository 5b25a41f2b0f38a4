"""The machine: clock, identifiers, outgoing HTTP, keys, logs."""
