package company

import "reflect"

// difference keeps of two records what differs.
func difference(old, changed map[string]any) (before, after map[string]any) {
	before, after = map[string]any{}, map[string]any{}
	for k, v := range changed {
		if !reflect.DeepEqual(old[k], v) {
			before[k], after[k] = old[k], v
		}
	}
	return before, after
}
