"""The life of a stack, rehearsed: the real engine, the real program, and a cloud that costs nothing."""
