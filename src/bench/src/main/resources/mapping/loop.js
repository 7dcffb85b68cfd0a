// Parses and maps payloads for so many seconds after a warm-up of the same length; prints {"perSecond", "p99"} (us).
const fs = require('fs');
const jsonata = require('jsonata');

async function run(expression, payload, seconds, sample) {
  const until = process.hrtime.bigint() + BigInt(Math.round(seconds * 1e9));
  const began = process.hrtime.bigint();
  let count = 0;
  for (;;) {
    const start = process.hrtime.bigint();
    if (start > until) return {perSecond: count * 1e9 / Number(start - began)};
    for (let i = 0; i < 16; i++) {
      const at = sample ? process.hrtime.bigint() : 0n;
      await expression.evaluate(JSON.parse(payload));
      if (sample) sample.push(Number(process.hrtime.bigint() - at) / 1000);
    }
    count += 16;
  }
}

(async () => {
  const [mapping, input, seconds] = process.argv.slice(2);
  const expression = jsonata(fs.readFileSync(mapping, 'utf8'));
  const payload = JSON.stringify(JSON.parse(fs.readFileSync(input, 'utf8')));
  await run(expression, payload, Number(seconds));
  const result = await run(expression, payload, Number(seconds));
  const sample = [];
  await run(expression, payload, Number(seconds) / 4, sample);
  sample.sort((a, b) => a - b);
  result.p99 = sample[Math.floor(sample.length * 0.99)];
  console.log(JSON.stringify(result));
})();
