"""Where backlog tickets go: one folder per kind of tracker."""
