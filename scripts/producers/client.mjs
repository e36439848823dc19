// An OTLP/JSON client by hand, for Node without any package: two spans, the second one failed, in two requests of one connection.
import http from 'node:http'

const url = new URL(process.env.OTEL_EXPORTER_OTLP_ENDPOINT + '/v1/traces')
const agent = new http.Agent({ keepAlive: true })
const span = (spanId, parentSpanId, name, code) => ({
  traceId: '0af7651916cd43dd8448eb211c80319c', spanId, parentSpanId, name, kind: 1,
  startTimeUnixNano: '1700000000000000000', endTimeUnixNano: '1700000000250000000', status: { code },
})
const send = (spans) => new Promise((resolve, reject) => {
  const request = http.request(url, { method: 'POST', agent, headers: { 'Content-Type': 'application/json' } }, (answer) => {
    answer.resume().on('end', () => resolve(answer.statusCode))
  })
  request.on('error', reject)
  request.end(JSON.stringify({ resourceSpans: [{
    resource: { attributes: [{ key: 'service.name', value: { stringValue: 'node' } }] }, scopeSpans: [{ spans }] }] }))
})

console.log(await send([span('b7ad6b7169203331', '', 'render page', 0)]))
console.log(await send([span('b7ad6b7169203332', 'b7ad6b7169203331', 'load user', 2)]))
agent.destroy()
