package pgkv

// MaxCalls bounds the calls that run or wait.
const MaxCalls = maxCalls
