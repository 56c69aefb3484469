export interface OfferedTool {
  readonly name: string;
  /** JSON Schema of the arguments. */
  readonly parameters: unknown;
}

/** What an answer depends on, whatever the protocol of the request. */
export interface ChatRequest {
  /** The last text of the user. */
  readonly question: string;
  /** Length of all text of the request. */
  readonly inputCharacters: number;
  readonly tools: readonly OfferedTool[];
  /** `required`: some tool; a name: that tool. */
  readonly toolChoice: 'auto' | 'none' | 'required' | { readonly name: string };
  /** The conversation ends with a tool's result, so that calling the tool again would loop for ever. */
  readonly endsWithToolResult: boolean;
  readonly outputTokensMax: number | undefined;
  /** The text ends before the first of them. */
  readonly stopSequences?: readonly string[];
  /** `text`, any JSON, or JSON of a schema. */
  readonly format: 'text' | 'json' | { readonly schema: unknown };
  readonly choiceCount: number;
  /** The beginning of the answer, which the request gives: only what follows it is said. */
  readonly begun?: string | undefined;
}
