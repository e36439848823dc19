# No trace at all: what to do.
--> {"jsonrpc":"2.0","id":1,"method":"trace/summary"}
<-- {"jsonrpc":"2.0","id":1,"error":{"code":1001,"message":"no trace yet; write records to the pipe /run/user/1000/trace-distiller/default.pipe; server/status counts what arrives","data":{"near":[],"evicted":false,"hint":"write records to the pipe /run/user/1000/trace-distiller/default.pipe; server/status counts what arrives"}}}
--> {"jsonrpc":"2.0","id":2,"method":"trace/summary","params":{"traceId":"latest-error"}}
<-- {"jsonrpc":"2.0","id":2,"error":{"code":1001,"message":"no trace with an error yet; write records to the pipe /run/user/1000/trace-distiller/default.pipe; server/status counts what arrives","data":{"near":[],"evicted":false,"hint":"write records to the pipe /run/user/1000/trace-distiller/default.pipe; server/status counts what arrives"}}}
