// Makes sigv4.jsonl with the signer of AWS's own SDK. In an empty folder: npm install @smithy/signature-v4 @aws-crypto/sha256-js; node make-sigv4.mjs > sigv4.jsonl
import { createRequire } from 'node:module';
const require = createRequire(process.cwd() + '/');
const { SignatureV4 } = require('@smithy/signature-v4');
const { Sha256 } = require('@aws-crypto/sha256-js');

let seed = 42;
const random = (below) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff, (seed >> 8) % below);
const pick = (list) => list[random(list.length)];

const models = ['anthropic.claude-3-haiku-20240307-v1:0', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0',
    'arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/a1b2c3d4', 'model with space', 'modèle', "a~b!c'd(e)f*g"];
const encode = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => '%' + c.charCodeAt(0).toString(16).toUpperCase());
const texts = ['', 'x', 'a b', 'ü', '%', '+', '=', 'a&b', '/', '~', '  two  spaces '];

for (let i = 0; i < 60; i++) {
    const temporary = random(2) === 0;
    const credentials = { accessKeyId: 'AKIDEXAMPLE' + i, secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' + i, sessionToken: temporary ? 'token/+=' + i : undefined };
    const region = pick(['us-east-1', 'eu-central-1', 'ap-southeast-2']);
    const service = pick(['bedrock', 'sagemaker', 'bedrock-agentcore']);
    const path = pick([`/model/${encode(pick(models))}/${pick(['converse', 'converse-stream', 'invoke'])}`, '/', '/a//b/../c/', '/x/./y', '/plain:colon/path']);
    const query = {};
    for (let n = random(4); n > 0; n--) query[pick(['a', 'B', 'b', 'x-y', 'ä', 'q q'])] = random(3) === 0 ? [pick(texts), pick(texts)] : pick(texts);
    const headers = { host: `${service}-runtime.${region}.amazonaws.com`, 'content-type': pick(['application/json', 'text/plain; charset=utf-8']) };
    if (random(2)) headers['X-Amzn-Bedrock-GuardrailIdentifier'] = pick(texts.slice(1));
    if (random(2)) headers['X-Amzn-Bedrock-Trace'] = '  ENABLED   FULL ';
    const body = pick(['', '{}', '{"messages":[{"role":"user","content":[{"text":"Grüße 👋"}]}]}']);
    const seconds = 1440938160 + i * 1000003;
    const signer = new SignatureV4({ credentials, region, service, sha256: Sha256, applyChecksum: false });
    const signed = await signer.sign({ method: pick(['POST', 'GET']), protocol: 'https:', hostname: headers.host, path, query, headers, body }, { signingDate: new Date(seconds * 1000) });
    const wire = Object.entries(query).flatMap(([k, v]) => [v].flat().map((x) => `${encode(k)}=${encode(x)}`)).join('&');
    const { host, ...others } = headers;
    console.log(JSON.stringify({ method: signed.method, host, path, query: wire, headers: others, body, seconds, region, service, ...credentials, authorization: signed.headers.authorization }));
}
