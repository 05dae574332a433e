// Line ends: a token where they end something, blanks where the next line carries on.

#include "tree_sitter/parser.h"

enum TokenType { NEWLINE };

void *tree_sitter_obs_external_scanner_create(void) { return NULL; }
void tree_sitter_obs_external_scanner_destroy(void *payload) { (void)payload; }
unsigned tree_sitter_obs_external_scanner_serialize(void *payload, char *buffer) {
  (void)payload;
  (void)buffer;
  return 0;
}
void tree_sitter_obs_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  (void)payload;
  (void)buffer;
  (void)length;
}

static bool is_line_end(int32_t c) { return c == '\n' || c == '\r'; }

static bool is_blank(int32_t c) { return c == ' ' || c == '\t' || c == 0xFEFF; }

static bool is_word(int32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/// Whether the text goes on with this word, which is none that a field is named by. The longest of them has four letters.
static bool goes_on_with_word(TSLexer *lexer) {
  char text[5] = {0};
  unsigned length = 0;
  while (is_word(lexer->lookahead)) {
    if (length == 4) {
      return false;
    }
    text[length++] = (char)lexer->lookahead;
    lexer->advance(lexer, false);
  }
  bool is_or = length == 2 && text[0] == 'o' && text[1] == 'r';
  bool is_and = length == 3 && text[0] == 'a' && text[1] == 'n' && text[2] == 'd';
  bool is_else = length == 4 && text[0] == 'e' && text[1] == 'l' && text[2] == 's' && text[3] == 'e';
  if (is_else) {
    return true;
  }
  if (!is_or && !is_and) {
    return false;
  }
  while (lexer->lookahead == ' ') {
    lexer->advance(lexer, false);
  }
  return lexer->lookahead != ':';
}

/// Whether what stands here carries on the line before: an operator, but `-`, `..` and `in`, which don't lead a line.
static bool goes_on(TSLexer *lexer) {
  switch (lexer->lookahead) {
    case '*':
    case '+':
    case '/': // comments were skipped
    case '|':
    case '>':
      return true;
    case '<':
      lexer->advance(lexer, false);
      return lexer->lookahead != '-';
    case '?':
      lexer->advance(lexer, false);
      return lexer->lookahead == '?';
    case '=':
    case '!':
      lexer->advance(lexer, false);
      return lexer->lookahead == '=';
    case 'o':
    case 'a':
    case 'e':
      return goes_on_with_word(lexer);
    default:
      return false;
  }
}

bool tree_sitter_obs_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid_symbols) {
  (void)payload;
  if (!valid_symbols[NEWLINE]) {
    return false;
  }
  while (is_blank(lexer->lookahead)) {
    lexer->advance(lexer, true);
  }
  if (!is_line_end(lexer->lookahead)) {
    return false;
  }
  while (is_line_end(lexer->lookahead) || is_blank(lexer->lookahead)) {
    lexer->advance(lexer, false);
  }
  // comments behind it are tokens of their own
  lexer->mark_end(lexer);
  lexer->result_symbol = NEWLINE;
  while (lexer->lookahead == '/') {
    lexer->advance(lexer, false);
    if (lexer->lookahead != '/') {
      return false;
    }
    while (!is_line_end(lexer->lookahead) && !lexer->eof(lexer)) {
      lexer->advance(lexer, false);
    }
    while (is_line_end(lexer->lookahead) || is_blank(lexer->lookahead)) {
      lexer->advance(lexer, false);
    }
  }
  return !goes_on(lexer);
}
