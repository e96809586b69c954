"""From a name to a pair: both are asked, nobody is told who said no, and the two who said yes are brought together."""
