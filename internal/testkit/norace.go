//go:build !race

package testkit

// race tells whether the tests run under the race detector; then so does the
// program they start.
const race = false
