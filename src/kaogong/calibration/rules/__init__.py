"""What a matrix of answers says of its items: pure Python over `psychometrics`, without Django or a clock."""
