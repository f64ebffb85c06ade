/** @see https://docs.snowflake.com/en/sql-reference/functions-string */
import { variantType } from '../../sql/DataType.ts'
import { boolean, built, number, ofText, overloads, scalar, text } from './FunctionTable.ts'
import type { FunctionTable, ScalarFunction } from './FunctionTable.ts'

const textToText = (template: string, arity = 1): ScalarFunction => ofText(scalar(template, text, arity))
const textTest = (template: string, arity = 2): ScalarFunction => ofText(scalar(template, boolean, arity))

const substring: ScalarFunction = ofText(
  overloads(text, 2, 'sf_substring($1, $2, NULL)', 'sf_substring($1, $2, $3)'),
  0
)
const left = ofText(scalar('left($1, CASE WHEN $2 < 0 THEN 0 ELSE $2 END)', text, 2), 0)
const right = ofText(scalar('right($1, CASE WHEN $2 < 0 THEN 0 ELSE $2 END)', text, 2), 0)
const sha2 = ofText(overloads(text, 1, 'sha256($1)', 'sf_sha2($1, $2)'), 0)
const md5 = textToText('md5($1)')
const sha1 = textToText('sha1($1)')
const length = ofText(scalar('length($1)', number, 1))
const position = ofText(overloads(number, 2, 'strpos($2, $1)', 'sf_position($1, $2, $3)'), 0, 1)
const regexpLike = ofText(overloads(boolean, 2, 'regexp_full_match($1, $2)', 'regexp_full_match($1, $2, $3)'))

export const textFunctions: FunctionTable = {
  LOWER: textToText('lower($1)'),
  UPPER: textToText('upper($1)'),
  INITCAP: ofText(scalar('sf_initcap($1)', text, 1)),
  LENGTH: length,
  LEN: length,
  CHARACTER_LENGTH: length,
  OCTET_LENGTH: ofText(scalar('octet_length(encode($1))', number, 1)),
  TRIM: ofText(overloads(text, 1, "trim($1, ' ')", 'trim($1, $2)')),
  LTRIM: ofText(overloads(text, 1, "ltrim($1, ' ')", 'ltrim($1, $2)')),
  RTRIM: ofText(overloads(text, 1, "rtrim($1, ' ')", 'rtrim($1, $2)')),
  REPLACE: ofText(overloads(text, 2, "replace($1, $2, '')", 'replace($1, $2, $3)')),
  REVERSE: textToText('reverse($1)'),
  CONCAT: built(1, 255, args =>
    ofText(scalar(`(${args.map((_, i) => `$${i + 1}`).join(' || ')})`, text, args.length)).build(args)
  ),
  CONCAT_WS: built(2, 255, args =>
    ofText(
      scalar(
        `(${args
          .slice(1)
          .map((_, i) => `$${i + 2}`)
          .join(' || $1 || ')})`,
        text,
        args.length
      )
    ).build(args)
  ),
  SUBSTR: substring,
  SUBSTRING: substring,
  LEFT: left,
  RIGHT: right,
  LPAD: ofText(overloads(text, 2, "sf_pad($1, $2, ' ', true)", 'sf_pad($1, $2, $3, true)'), 0, 2),
  RPAD: ofText(overloads(text, 2, "sf_pad($1, $2, ' ', false)", 'sf_pad($1, $2, $3, false)'), 0, 2),
  REPEAT: ofText(scalar('repeat($1, CASE WHEN $2 < 0 THEN 0 ELSE $2 END)', text, 2), 0),
  SPACE: ofText(scalar("repeat(' ', CASE WHEN $1 < 0 THEN 0 ELSE $1 END)", text, 1), 1),
  POSITION: position,
  CHARINDEX: position,
  CONTAINS: textTest('contains($1, $2)'),
  STARTSWITH: textTest('starts_with($1, $2)'),
  ENDSWITH: textTest('ends_with($1, $2)'),
  SPLIT_PART: ofText(scalar('split_part($1, $2, CASE WHEN $3 = 0 THEN 1 ELSE $3 END)', text, 3), 0, 1),
  SPLIT: ofText(scalar('to_json(string_split($1, $2))', { name: 'ARRAY' }, 2)),
  TRANSLATE: textToText('translate($1, $2, $3)', 3),
  ASCII: ofText(scalar('ascii($1)', number, 1)),
  UNICODE: ofText(scalar('unicode($1)', number, 1)),
  CHR: ofText(scalar('chr(CAST($1 AS INTEGER))', text, 1), 1),
  CHAR: ofText(scalar('chr(CAST($1 AS INTEGER))', text, 1), 1),
  EDITDISTANCE: ofText(scalar('levenshtein($1, $2)', number, 2)),
  LIKE: ofText(overloads(boolean, 2, '($1 LIKE $2)', '($1 LIKE $2 ESCAPE $3)')),
  ILIKE: ofText(overloads(boolean, 2, '($1 ILIKE $2)', '($1 ILIKE $2 ESCAPE $3)')),
  RLIKE: regexpLike,
  REGEXP_LIKE: regexpLike,
  REGEXP_REPLACE: ofText(
    overloads(
      text,
      2,
      "regexp_replace($1, $2, '', 'g')",
      "regexp_replace($1, $2, $3, 'g')",
      'sf_regexp_replace($1, $2, $3, $4, 0)',
      'sf_regexp_replace($1, $2, $3, $4, $5)'
    ),
    0,
    1,
    2
  ),
  REGEXP_SUBSTR: ofText(scalar("nullif(regexp_extract($1, $2), '')", text, 2)),
  REGEXP_COUNT: ofText(scalar('len(regexp_extract_all($1, $2))', number, 2)),
  MD5: md5,
  MD5_HEX: md5,
  SHA1: sha1,
  SHA1_HEX: sha1,
  SHA2: sha2,
  SHA2_HEX: sha2,
  HEX_ENCODE: textToText('hex($1)'),
  HEX_DECODE_STRING: textToText('decode(unhex($1))'),
  BASE64_ENCODE: textToText('to_base64(encode($1))'),
  BASE64_DECODE_STRING: textToText('decode(from_base64($1))'),
  UUID_STRING: scalar('CAST(gen_random_uuid() AS VARCHAR)', text, 0),
  STRTOK: ofText(overloads(text, 1, "split_part($1, ' ', 1)", 'split_part($1, $2, 1)', 'split_part($1, $2, $3)'), 0, 1),
  STRTOK_TO_ARRAY: ofText(overloads(variantType, 1, "to_json(string_split($1, ' '))", 'to_json(string_split($1, $2))'))
}
