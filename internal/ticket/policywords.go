package ticket

// Words is what the robot says for a step under p, in a language: for showing
// a policy before it is saved.
func (p Policy) Words(step Step, lang string) string { return robotText(p, step, lang) }
