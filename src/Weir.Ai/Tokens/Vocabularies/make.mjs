#!/usr/bin/env node
// Writes the vocabularies in this folder from the npm package js-tiktoken:
//   npm install --prefix /tmp/tokens js-tiktoken@1.0.21 && node make.mjs /tmp/tokens/node_modules/js-tiktoken
// A file holds the tokens in the order of their ranks, from 0, in base64, separated by white space; lines that begin with # are not tokens.
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const folder = path.resolve(process.argv[2] ?? "node_modules/js-tiktoken");
const require = createRequire(path.join(folder, "package.json"));
const { version } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
const out = process.argv[3] ?? path.dirname(new URL(import.meta.url).pathname);

for (const name of ["cl100k_base", "o200k_base"]) {
  const ranks = require(`js-tiktoken/ranks/${name}`).bpe_ranks ?? require(`js-tiktoken/ranks/${name}`).default.bpe_ranks;
  const tokens = [];
  for (const line of ranks.split("\n")) {
    const [, first, ...rest] = line.split(" ");
    if (Number(first) !== tokens.length) throw new Error(`${name}: rank ${first} stands where ${tokens.length} is expected`);
    for (const token of rest) tokens.push(token);
  }
  const lines = [`# ${name}: MIT, Copyright (c) 2022 OpenAI, Shantanu Jain; from js-tiktoken ${version}. See LICENCES.md.`];
  let line = "";
  for (const token of tokens) {
    if (line.length + token.length + 1 > 160) {
      lines.push(line);
      line = token;
    } else {
      line = line === "" ? token : `${line} ${token}`;
    }
  }
  lines.push(line, "");
  writeFileSync(path.join(out, `${name}.txt`), lines.join("\n"));
}
