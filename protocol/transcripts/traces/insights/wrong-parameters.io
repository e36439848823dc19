# Every mistake tells what is expected.
--> {"jsonrpc":"2.0","id":1,"method":"traces/insights","params":{"maxChars":1}}
--> {"jsonrpc":"2.0","id":2,"method":"traces/insights","params":{"filter":{"rotName":"x"}}}
--> {"jsonrpc":"2.0","id":3,"method":"traces/insights","params":{"groupBy":"kind"}}
