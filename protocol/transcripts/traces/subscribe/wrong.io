# Names that are not known, and parameters that are not, are refused with those that are.
--> {"jsonrpc":"2.0","id":2,"method":"traces/subscribe","params":{"events":["didEnd"]}}
<-- {"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"events must be a list of didStart, didComplete, didChange"}}
