import { Socket } from 'node:net';
import { jest } from '@jest/globals';
import { encoderOf, preloadEncoders } from './encodings.js';
import { countTextExact } from './exact.js';

describe('encoders', () => {
  it('[MT-002] load with networking off, once per encoding', async () => {
    const connect = jest.spyOn(Socket.prototype, 'connect').mockImplementation(() => {
      throw new Error('networking is off');
    });
    await preloadEncoders();
    const loaded = [encoderOf('o200k_base'), encoderOf('cl100k_base')];
    expect([countTextExact('gpt-4o', 'hello world'), countTextExact('gpt-4', 'hello world')]).toEqual([2, 2]);
    expect(connect).not.toHaveBeenCalled();
    connect.mockRestore();

    await preloadEncoders();
    expect(encoderOf('o200k_base')).toBe(loaded[0]);
    expect(encoderOf('cl100k_base')).toBe(loaded[1]);
  });
});
