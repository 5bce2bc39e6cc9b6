package connect

// Words are the fields of each language's words.
func Words() map[string]any { return map[string]any{"en": englishWords, "de": germanWords} }
