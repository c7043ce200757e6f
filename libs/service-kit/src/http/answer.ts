/** What an endpoint answers where a value alone does not say it: with a status and headers of its own. */
export class Answer {
  /** Makes the type nominal: `AnswerInterceptor` knows instances only, no objects of the same form. */
  declare private readonly brand: never;

  constructor(
    readonly status: number,
    /** An object becomes JSON; a text is JSON already, unless a `content-type` says otherwise; `null`: no body. */
    readonly body: object | string | null = null,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}
