"""The backlog: what is too small to page goes to the team's tracker."""
