#!/usr/bin/env node
// Writes token-cases.json: texts of many scripts with the tokens that the npm package js-tiktoken makes of them.
//   npm install --prefix /tmp/tokens js-tiktoken@1.0.21 && node make-cases.mjs /tmp/tokens/node_modules/js-tiktoken > token-cases.json
// With "-" as second argument it reads a JSON array of texts from standard input instead, and writes the same form.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";

const require = createRequire(path.join(path.resolve(process.argv[2]), "package.json"));
const { getEncoding } = require("js-tiktoken");
const encoders = { o200k: getEncoding("o200k_base"), cl100k: getEncoding("cl100k_base") };

const sentences = [
  "", " ", "  ", "\n", "\n\n", " \n", "\t", "a", "A", "'", "'s", "don't DON'T we'll WE'LL I'm I'd they've they're it'S 'tis rock'n'roll",
  "All human beings are born free and equal in dignity and rights.", "ALL CAPS AND CamelCase, snake_case, kebab-case, HTTPServer2XMLParser iPhone",
  "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Straßenbahnhaltestelle ÄÖÜ", "Tous les êtres humains naissent libres; l'été, qu'il n'y ait",
  "Todos los seres humanos nacen libres ¿no? ¡Sí! Año", "Tutti gli esseri umani nascono liberi ed eguali in dignità", "Todos os seres humanos nascem livres: coração",
  "Wszyscy ludzie rodzą się wolni i równi: zażółć gęślą jaźń", "Všichni lidé rodí se svobodní: příliš žluťoučký kůň", "Minden emberi lény szabadon születik: árvíztűrő",
  "Toate ființele umane se nasc libere", "Bütün insanlar hür doğarlar: İstanbul ıIiİ", "Tất cả mọi người sinh ra đều được tự do và bình đẳng",
  "Все люди рождаются свободными и равными в своём достоинстве. МОСКВА Москва", "Усі люди народжуються вільними: їжак, ґанок", "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι ΑΘΗΝΑ",
  "Բոլոր մարդիկ ծնվում են ազատ", "ყველა ადამიანი იბადება თავისუფალი", "כל בני האדם נולדו בני חורין שָׁלוֹם", "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق ١٢٣٤",
  "تمام افراد بشر آزاد به دنیا می‌آیند", "سب انسان آزاد پیدا ہوئے ہیں", "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता १२३", "সমস্ত মানুষ স্বাধীনভাবে জন্মগ্রহণ করে",
  "மனிதப் பிறவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்", "ప్రతిపత్తిస్వత్వముల విషయమున మానవులెల్లరును", "ಎಲ್ಲಾ ಮಾನವರೂ ಸ್ವತಂತ್ರರಾಗಿಯೇ", "മനുഷ്യരെല്ലാവരും തുല്യാവകാശങ്ങളോടും",
  "ਸਾਰਾ ਮਨੁੱਖੀ ਪਰਿਵਾਰ", "સર્વ માનવો પ્રતિષ્ઠા", "සියලු මනුෂ්‍යයෝ නිදහස්ව", "มนุษย์ทั้งปวงเกิดมามีอิสระและเสมอภาคกัน", "ມະນຸດທຸກຄົນເກີດມາມີສິດ", "လူတိုင်းသည် တူညီ လွတ်လပ်သော", "មនុស្សទាំងអស់ កើតមកមានសេរីភាព",
  "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心。", "人人生而自由,在尊嚴和權利上一律平等", "すべての人間は、生まれながらにして自由であり、カタカナもABCも１２３も。", "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.",
  "ሰው ሁሉ ሲወለድ ነጻና", "བོད་སྐད་ འགྲོ་བ་མིའི", "Хүн бүр төрж мэндлэхэд", "ᠮᠣᠩᠭᠣᠯ", "Ƙwararru ɗan'uwa", "Ọmọ ènìyàn gbogbo", "ꙮ 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝐁𝐨𝐥𝐝 𐍈 𓀀 ǅ ǈ ﬁ ﬀ ſ K",
  "😀😃👍🏽👨‍👩‍👧‍👦🇩🇪🏳️‍🌈 text ❤️ after", "e\u0301 a\u0300\u0301 \u0301ABC \u0301abc A\u0301B\u0301c \u0915\u094d\u0937", "\u200b\u200d\u2060 x\u00a0y\u3000z\u2028w", "½ ² Ⅷ ①②③④ 1234567 3.14159 1,000,000 0xFF ٣٤٥٦",
  "if (x < 10) {\n    return foo(bar[i++], \"baz\\n\");\n}\n\n\n\t\t// comment /* a */\r\n\r\n  end", "https://example.com/a/b/c?d=e&f=%20#g //// /// \n/ \n//\n",
  "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi!\"}],\"n\":1}", "SELECT * FROM t WHERE a='b' AND c<>NULL; -- x", "<div class=\"a\">&amp;</div><!-- -->",
  "x".repeat(300), "ab".repeat(200), " ".repeat(200), "\n".repeat(90), " \n ".repeat(40), "=".repeat(130), "-=".repeat(70), "中".repeat(120), "a中".repeat(60), "AАÁ".repeat(40), "aA".repeat(60), "Aa1".repeat(50),
  "<|endoftext|> <|im_start|>user<|endofprompt|>", "\u0000\u0001\u001b[31mred\u001b[0m\u007f", "word  two   three    four     ", "trailing space ", "\r\r\n\n\r x\r", "...!!!???   !\n\n/x", "$100.00 €5 £3 50% #tag @user a_b __init__ C++ C# F#",
];

// The same texts every time: a generator of its own with a fixed seed.
let state = 12345;
const random = n => (state = (state * 1103515245 + 12345) % 2147483648) % n;
const scraps = ["a", "B", "é", "Ж", "ж", "中", "あ", "ن", "\u0301", "\u093f", "1", "٣", "½", " ", "  ", "\n", "\r\n", "\t", "\u00a0", "'", "'s", "'LL", ".", "/", "_", "$", "😀", "\u200d", "ǅ", "ʰ", "the", " The", "ing", "{", "\"", "Ⅷ", "ß", "İ"];
const mixtures = Array.from({ length: 400 }, () => Array.from({ length: 1 + random(14) }, () => scraps[random(scraps.length)]).join(""));

const texts = process.argv[3] === "-" ? JSON.parse(readFileSync(0, "utf8")) : [...sentences, ...mixtures];
const cases = texts.map(text => JSON.stringify({ text, o200k: encoders.o200k.encode(text, [], []), cl100k: encoders.cl100k.encode(text, [], []) }));
process.stdout.write("[\n" + cases.join(",\n") + "\n]\n");
