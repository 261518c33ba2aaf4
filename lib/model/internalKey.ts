/** `token_type` of the tokens with which the publisher's pages try an API out; they come in a header of their own. */
export const INTERNAL_KEY = "InternalKey";
export const INTERNAL_KEY_HEADER = "Internal-Key";
