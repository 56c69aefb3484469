import { Memory, type ShelfKind } from './memory.js';

const texts: ShelfKind<string> = { name: 'texts', countMax: 3, bytesMax: 10, byteCountOf: (text) => text.length };

describe('the memory of the protocols', () => {
  it('forgets the oldest beyond its number and its size, but never the latest', () => {
    const shelf = new Memory().shelf(texts);
    for (const text of ['a', 'b', 'c', 'd']) shelf.set(text, text);
    expect(shelf.items).toEqual(['b', 'c', 'd']);
    shelf.set('long', '12345678');
    expect(shelf.items).toEqual(['c', 'd', '12345678']);
    shelf.set('longer', '123456789012');
    expect(shelf.items).toEqual(['123456789012']);
  });

  it('replaces what has the same id and gives back the room of what is deleted', () => {
    const shelf = new Memory().shelf(texts);
    shelf.set('a', '12345678');
    shelf.set('a', '1234');
    shelf.set('b', '123456');
    expect(shelf.items).toEqual(['1234', '123456']);
    expect([shelf.delete('a'), shelf.delete('a')]).toEqual([true, false]);
    shelf.set('c', '1234');
    expect(shelf.items).toEqual(['123456', '1234']);
  });

  it('keeps each kind for itself and clears them all', () => {
    const memory = new Memory();
    memory.shelf(texts).set('a', 'a');
    expect(memory.shelf({ ...texts }).get('a')).toBeUndefined();
    expect(memory.shelf(texts).get('a')).toBe('a');
    memory.clear();
    expect(memory.shelf(texts).items).toEqual([]);
  });
});
