"""``python -m handrail`` hands over to the command line."""

from handrail.cli.main import main

main()
