"""Arrays that stand in for values, on which the same kernels run: of shapes alone, and of what values see."""
