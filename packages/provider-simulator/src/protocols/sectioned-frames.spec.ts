import { SectionedFrames, type Section } from './sectioned-frames.js';

function section(name: string, ...tokens: string[]): Section {
  return { tokens, open: () => `<${name}>`, delta: (token) => token, close: () => `</${name}>` };
}

describe('the frames of sections', () => {
  it('open and close each section once, empty ones too', () => {
    const frames = new SectionedFrames([
      section('a'),
      section('b', '1', '2'),
      section('c'),
      section('d', '3'),
      section('e'),
    ]);
    const tokens = Array.from({ length: frames.tokenCount }, () => frames.next());
    expect(tokens).toEqual(['<a></a><b>1', '2', '</b><c></c><d>3']);
    expect(frames.rest()).toBe('</d><e></e>');
    expect(frames.rest()).toBe('');
  });
});
