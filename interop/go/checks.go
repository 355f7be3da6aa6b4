package main

import "fmt"

// checks are the checks made so far.
type checks struct {
	failed int
}

// equal prints what was called and what came back; both answers where they differ.
func (c *checks) equal(called, expected, got string) {
	if expected == got {
		fmt.Printf("  ok      %-48s %s\n", called, got)
		return
	}
	c.failed++
	fmt.Printf("  FAILED  %s\n    expected %s\n    got      %s\n", called, expected, got)
}
