import { NO_ATTRIBUTION_RULES, principal, principalExample, type AttributionRules } from '@ao/contracts';
import { attributionOf } from './attribution.js';

interface Said {
  tags?: string[];
  endUserId?: string | null;
}

const attribute = (rules: Partial<AttributionRules>, header: Said = {}, body: Said = {}) =>
  attributionOf(
    {
      principal: { ...principal.parse(principalExample), attribution: { ...NO_ATTRIBUTION_RULES, ...rules } },
      tags: [],
      endUserId: null,
      ...header,
    },
    { tags: [], endUserId: null, ...body },
  );

describe('whom a call is for', () => {
  it.each<[string, Partial<AttributionRules>, Said, Said, ReturnType<typeof attribute>]>([
    ['nobody', {}, {}, {}, { tags: [], endUserId: null }],
    ['the tags of header and body', {}, { tags: ['a'] }, { tags: ['b', 'a'] }, { tags: ['a', 'b'], endUserId: null }],
    ["the body's end user", {}, {}, { endUserId: 'eve' }, { tags: [], endUserId: 'eve' }],
    ["the header's before the body's", {}, { endUserId: 'ann' }, { endUserId: 'eve' }, { tags: [], endUserId: 'ann' }],
    ['nobody, by an empty name', { allowedEndUsers: ['ann'] }, {}, { endUserId: '' }, { tags: [], endUserId: null }],
    ['an allowed tag', { allowedTags: ['a'] }, { tags: ['a'] }, { tags: ['a'] }, { tags: ['a'], endUserId: null }],
    ['bound tags, unsaid', { boundTags: ['x', 'y'] }, {}, {}, { tags: ['x', 'y'], endUserId: null }],
    ['bound tags first', { boundTags: ['x'] }, { tags: ['a', 'x'] }, {}, { tags: ['x', 'a'], endUserId: null }],
    ['a bound tag, said', { allowedTags: [], boundTags: ['x'] }, { tags: ['x'] }, {}, { tags: ['x'], endUserId: null }],
    ['an allowed end user', { allowedEndUsers: ['ann'] }, {}, { endUserId: 'ann' }, { tags: [], endUserId: 'ann' }],
    ['the bound end user, unsaid', { boundEndUser: 'ann' }, {}, {}, { tags: [], endUserId: 'ann' }],
    ['the bound end user, said', { boundEndUser: 'ann' }, { endUserId: 'ann' }, {}, { tags: [], endUserId: 'ann' }],
  ])('[BX-020] is %s', (_name, rules, header, body, told) => expect(attribute(rules, header, body)).toEqual(told));

  it.each<[string, Partial<AttributionRules>, Said, Said, string, string]>([
    ['a tag in a header', { allowedTags: ['a'] }, { tags: ['a', 'b'] }, {}, 'x-ao-tags', "tag 'b'"],
    ['a tag in the body', { allowedTags: ['a'] }, { tags: ['a'] }, { tags: ['b'] }, 'tags', "tag 'b'"],
    ['any tag', { allowedTags: [] }, { tags: ['a'] }, {}, 'x-ao-tags', "tag 'a'"],
    ['a tag in other letters', { allowedTags: ['a'] }, { tags: ['A'] }, {}, 'x-ao-tags', "tag 'A'"],
    ['a header', { allowedEndUsers: ['ann'] }, { endUserId: 'eve' }, {}, 'x-ao-end-user', "end user 'eve'"],
    ['a body', { allowedEndUsers: ['ann'] }, {}, { endUserId: 'eve' }, 'user', "end user 'eve'"],
    [
      'a body behind an allowed header',
      { allowedEndUsers: ['ann'] },
      { endUserId: 'ann' },
      { endUserId: 'eve' },
      'user',
      "end user 'eve'",
    ],
    ['another than the bound one', { boundEndUser: 'ann' }, {}, { endUserId: 'eve' }, 'user', "end user 'eve'"],
    [
      'an allowed one beside the bound one',
      { boundEndUser: 'ann', allowedEndUsers: ['eve'] },
      { endUserId: 'eve' },
      {},
      'x-ao-end-user',
      "end user 'eve'",
    ],
  ])('[BX-020] refuses %s that the key does not allow', (_name, rules, header, body, param, what) =>
    expect(() => attribute(rules, header, body)).toThrow(
      expect.objectContaining({ code: 'invalid_parameter', param, message: expect.stringContaining(what) }),
    ),
  );
});
