package io.caravanhub.core.mapping;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Reads an expression for what must not be in it, before it is compiled: {@code $eval}, a new
 * meaning for a guarded function, and a regular expression anywhere but as an argument written out
 * in a call of {@code $match}, {@code $contains}, {@code $replace} or {@code $split}, because only
 * there can its matching be stopped.
 */
final class ExpressionCheck {
  private static final Set<String> TAKES_REGEX =
      Set.of("$match", "$contains", "$replace", "$split");
  private static final String BLANKS = " \t\n\r";
  private static final String OPERATORS = ".[]{}(),@#;:?+-*/%|=<>^&!~";
  private static final Set<String> OPERATOR_WORDS = Set.of("and", "or", "in");

  private final String mapping;
  private final String text;
  private final Deque<String> calls = new ArrayDeque<>();
  private int at;
  private String previous = "";
  private boolean operandBefore;

  private ExpressionCheck(String mapping, String text) {
    this.mapping = mapping;
    this.text = text;
  }

  static void check(String mapping, String text) {
    new ExpressionCheck(mapping, text).run();
  }

  private void run() {
    while (skipBlank()) {
      char c = text.charAt(at);
      if (c == '"' || c == '\'' || c == '`') {
        quoted(c);
      } else if (c == '/' && !operandBefore) {
        regex();
      } else if (OPERATORS.indexOf(c) >= 0) {
        symbol(c);
      } else if (Character.isDigit(c)) {
        at++;
        operand("0");
      } else {
        name();
      }
    }
  }

  private boolean skipBlank() {
    while (at < text.length()) {
      if (BLANKS.indexOf(text.charAt(at)) >= 0) {
        at++;
      } else if (text.startsWith("/*", at)) {
        int end = text.indexOf("*/", at + 2);
        at = end < 0 ? text.length() : end + 2;
      } else {
        return true;
      }
    }
    return false;
  }

  private void quoted(char quote) {
    at++;
    while (at < text.length() && text.charAt(at) != quote) {
      at += text.charAt(at) == '\\' && quote != '`' ? 2 : 1;
    }
    at++;
    operand("\"");
  }

  private void regex() {
    int start = at++;
    int depth = 0;
    while (at < text.length() && !(text.charAt(at) == '/' && depth == 0 && !escaped())) {
      char c = text.charAt(at);
      if (text.charAt(at - 1) != '\\') {
        depth += "([{".indexOf(c) >= 0 ? 1 : ")]}".indexOf(c) >= 0 ? -1 : 0;
      }
      at++;
    }
    at++;
    while (at < text.length() && Character.isLetter(text.charAt(at))) {
      at++;
    }
    String call = calls.isEmpty() ? "" : calls.peek();
    boolean argument = previous.equals("(") || previous.equals(",");
    boolean closed = skipBlank() && (text.charAt(at) == ')' || text.charAt(at) == ',');
    if (!TAKES_REGEX.contains(call) || !argument || !closed) {
      throw refuse(
          start,
          "a regular expression may only be an argument of $match, $contains, $replace or $split");
    }
    operand("/");
  }

  private boolean escaped() {
    int slashes = 0;
    while (text.charAt(at - 1 - slashes) == '\\') {
      slashes++;
    }
    return slashes % 2 == 1;
  }

  private void name() {
    int start = at;
    while (at < text.length() && (BLANKS + OPERATORS).indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String name = text.substring(start, at);
    if (name.equals("$eval")) {
      throw refuse(start, "$eval is not available in mappings");
    }
    if (name.startsWith("$") && GuardedFunctions.names().contains(name.substring(1))) {
      boolean focus = previous.equals("@") || previous.equals("#");
      boolean bound = focus || (skipBlank() && text.startsWith(":=", at));
      boolean parameter = !calls.isEmpty() && Set.of("function", "λ").contains(calls.peek());
      if (bound || parameter) {
        throw refuse(start, name + " is a function and cannot be given another meaning");
      }
    }
    operand(name);
    operandBefore = !OPERATOR_WORDS.contains(name);
  }

  private void symbol(char c) {
    at++;
    if (c == '(') {
      calls.push(previous);
    } else if (c == ')' && !calls.isEmpty()) {
      calls.pop();
    }
    previous = String.valueOf(c);
    boolean wildcard = !operandBefore && (c == '*' || c == '%');
    if (wildcard && at < text.length() && text.charAt(at) == '*') {
      at++;
    }
    operandBefore = wildcard || c == ')' || c == ']' || c == '}';
  }

  private void operand(String token) {
    previous = token;
    operandBefore = true;
  }

  private MappingException refuse(int position, String reason) {
    return new MappingException(mapping, text, position, reason, null);
  }
}
