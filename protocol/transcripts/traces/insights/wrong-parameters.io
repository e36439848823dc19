# Every mistake tells what is expected.
--> {"jsonrpc":"2.0","id":1,"method":"traces/insights","params":{"maxChars":1}}
<-- {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"maxChars must be an integer from 400 to 200000, not 1","data":{"parameter":"maxChars","expected":"an integer from 400 to 200000"}}}
--> {"jsonrpc":"2.0","id":2,"method":"traces/insights","params":{"filter":{"rotName":"x"}}}
<-- {"jsonrpc":"2.0","id":2,"error":{"code":-32602,"message":"filter has no rotName; did you mean rootName?","data":{"near":["rootName"],"known":["name","service","target","status","minDurationMs","maxDurationMs","attributes","text","rootName","rootStatus","minRootDurationMs","maxRootDurationMs","hasErrors","run","project","since","until"]}}}
--> {"jsonrpc":"2.0","id":3,"method":"traces/insights","params":{"groupBy":"kind"}}
<-- {"jsonrpc":"2.0","id":3,"error":{"code":-32602,"message":"traces/insights has no groupBy; did you mean format?","data":{"near":["format"],"known":["filter","format","maxChars","maxTokens"]}}}
