import { bareModelName } from './models.js';

/**
 * What one image can cost in prompt tokens. Counting exactly needs the image's size, which a URL does not tell, so the
 * rule is: `detail: "low"` costs the base, everything else the most that the model charges for any size.
 *
 * Tiled models: base + 8 tiles (2048 × 768 after scaling). Patched models: 1,536 patches times the model's factor.
 * Source: OpenAI's guide "Images and vision", section on cost; Anthropic's and Google's guides on images.
 */
interface ImageTokens {
  low: number;
  most: number;
}

const TILES_MAX = 8;
const PATCHES_MAX = 1_536;
const tiled = (base: number, tile: number): ImageTokens => ({ low: base, most: base + TILES_MAX * tile });
// No cheaper detail level that holds for every size.
const flat = (most: number): ImageTokens => ({ low: most, most });
const patched = (factorHundredths: number): ImageTokens => flat(Math.ceil((PATCHES_MAX * factorHundredths) / 100));

const DEAREST = tiled(2_833, 5_667);

const BY_MODEL: readonly (readonly [RegExp, ImageTokens])[] = [
  [/^gpt-4o-mini/, DEAREST],
  [/^(?:chatgpt-4o|gpt-4o|gpt-4\.5|gpt-4)(?![.\d])/, tiled(85, 170)],
  [/^(?:gpt-4\.1|gpt-5(?:\.\d)?)-nano/, patched(246)],
  [/^(?:gpt-4\.1|gpt-5(?:\.\d)?)-mini/, patched(162)],
  [/^o4-mini/, patched(172)],
  // Described as tiled in one table of the guide and as patched in another: the dearer of the two.
  [/^gpt-4\.1/, { low: 85, most: PATCHES_MAX }],
  [/^gpt-5(?!\.)/, tiled(70, 140)],
  [/^o\d/, tiled(75, 150)],
  [/claude/, flat(5_000)],
  [/gemini/, flat(5_000)],
];

function imageTokensOf(model: string): ImageTokens {
  const name = bareModelName(model);
  return BY_MODEL.find(([pattern]) => pattern.test(name))?.[1] ?? DEAREST;
}

/** The most prompt tokens that one image can cost; for unknown models the dearest figure of the known ones. */
export const imageTokensMax = (model: string): number => imageTokensOf(model).most;

/** Prompt tokens of an image by the rule above. */
export const imageTokens = (model: string, detail: unknown): number =>
  detail === 'low' ? imageTokensOf(model).low : imageTokensOf(model).most;
