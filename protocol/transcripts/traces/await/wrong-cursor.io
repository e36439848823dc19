# A cursor of another server would wait for ever; so it is an error.
--> {"jsonrpc":"2.0","id":1,"method":"traces/await","params":{"cursor":"c7"}}
<-- {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"cursor c7 is not of this server, which may have been started anew; leave it out to wait from now on","data":{"parameter":"cursor"}}}
--> {"jsonrpc":"2.0","id":2,"method":"traces/await","params":{"timeoutMs":60000}}
<-- {"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"timeoutMs must be an integer from 0 to 25000, not 60000","data":{"parameter":"timeoutMs","expected":"an integer from 0 to 25000"}}}
--> {"jsonrpc":"2.0","id":3,"method":"traces/await","params":{"filter":{"minDuration":5}}}
<-- {"jsonrpc":"2.0","id":3,"error":{"code":-32602,"message":"filter has no minDuration; did you mean minDurationMs?","data":{"near":["minDurationMs"],"known":["name","service","target","status","minDurationMs","maxDurationMs","attributes","text","rootName","rootStatus","minRootDurationMs","maxRootDurationMs","hasErrors","run","project","since","until"]}}}
