"""`pta completions`: real shells complete the command, from the folders where packages put it."""
