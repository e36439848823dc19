# It takes no parameters.
--> {"jsonrpc":"2.0","id":1,"method":"server/status","params":{"verbose":true}}
<-- {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"server/status has no verbose","data":{"near":[],"known":[]}}}
