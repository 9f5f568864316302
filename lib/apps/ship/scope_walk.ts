import type { AnyNode, Class, Function as AnyFunction, Pattern, VariableDeclaration } from "../../deps/acorn.ts";
import type { FunctionNode } from "./parse_function.ts";
import { isPlatformQuestion } from "./worker_globals.ts";

/** Where a name is used. */
export interface Use {
  /** The name; also `this`, `super`, `arguments`, `import.meta` and `#private`. */
  readonly name: string;
  /** Where it starts in the text that was parsed. */
  readonly start: number;
}

/** A dynamic import whose specifier is written out. */
export interface LiteralImport {
  /** Where the specifier starts in the text that was parsed. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
  /** The specifier. */
  readonly specifier: string;
}

/** What a function uses from outside itself. */
export interface Outside {
  /** Names that nothing inside the function declares, in the order of the text; a name as often as it is used. */
  readonly uses: readonly Use[];
  /** Its dynamic imports, in the order of the text. */
  readonly imports: readonly LiteralImport[];
}

/** Walks the scopes of one function and says what it uses from outside. */
export function walkScopes(fn: FunctionNode): Outside {
  const walk = new ScopeWalk();
  walk.shipped(fn);
  return walk.result();
}

class Scope {
  readonly parent: Scope | undefined;
  /** Where `var` goes: the nearest function body or static block. */
  readonly vars: Scope;
  readonly names = new Set<string>();

  constructor(parent: Scope | undefined, isFunction: boolean) {
    this.parent = parent;
    this.vars = isFunction || parent === undefined ? this : parent.vars;
  }
}

function isDeclared(name: string, from: Scope): boolean {
  for (let scope: Scope | undefined = from; scope !== undefined; scope = scope.parent) {
    if (scope.names.has(name)) return true;
  }
  return false;
}

/**
 * Names are looked up only when everything is declared, so that hoisting needs no rule of its own. What a function
 * brings with it (`this`, `super`, `arguments`) is declared in its scope under its keyword.
 */
class ScopeWalk {
  #scope = new Scope(undefined, true);
  readonly #uses: (Use & { readonly scope: Scope })[] = [];
  readonly #imports: LiteralImport[] = [];

  result(): Outside {
    const uses = this.#uses.filter((use) => !isDeclared(use.name, use.scope)).sort((a, b) => a.start - b.start);
    return { uses, imports: this.#imports.sort((a, b) => a.start - b.start) };
  }

  /** The function that is shipped: it is called without `this`, and is nobody's method any more. */
  shipped(fn: FunctionNode): void {
    this.#function(fn, fn.type === "ArrowFunctionExpression" ? [] : ["arguments"]);
  }

  #within(isFunction: boolean, names: readonly string[], walk: () => void): void {
    const outer = this.#scope;
    this.#scope = new Scope(outer, isFunction);
    for (const name of names) this.#scope.names.add(name);
    walk();
    this.#scope = outer;
  }

  #use(name: string, node: AnyNode): void {
    this.#uses.push({ name, start: node.start, scope: this.#scope });
  }

  #function(fn: AnyFunction, brought: readonly string[]): void {
    const ownName = fn.type === "FunctionExpression" && fn.id ? [fn.id.name] : [];
    // Parameters have a scope of their own: their defaults do not see what the body declares.
    this.#within(true, [...ownName, ...brought], () => {
      for (const param of fn.params) this.#declare(param, this.#scope);
      this.#within(true, [], () => {
        if (fn.body.type === "BlockStatement") this.#all(fn.body.body);
        else this.#visit(fn.body);
      });
    });
  }

  #class(node: Class): void {
    const privates = node.body.body.flatMap((member) =>
      "key" in member && member.key.type === "PrivateIdentifier" ? [`#${member.key.name}`] : []
    );
    this.#within(false, node.id ? [node.id.name, ...privates] : privates, () => {
      this.#visit(node.superClass);
      for (const member of node.body.body) {
        if (member.type === "StaticBlock") {
          this.#within(true, ["this", "super"], () => this.#all(member.body));
          continue;
        }
        // A computed key is evaluated outside: its `this` is not the instance.
        if (member.computed) this.#visit(member.key);
        if (member.type === "MethodDefinition") this.#visit(member.value);
        else this.#within(true, ["this", "super"], () => this.#visit(member.value));
      }
    });
  }

  /** Declares the names of a pattern in a scope; its defaults and computed keys are expressions of the current one. */
  #declare(pattern: Pattern, scope: Scope): void {
    switch (pattern.type) {
      case "Identifier":
        scope.names.add(pattern.name);
        return;
      case "ObjectPattern":
        for (const property of pattern.properties) {
          if (property.type === "RestElement") this.#declare(property.argument, scope);
          else {
            if (property.computed) this.#visit(property.key);
            this.#declare(property.value, scope);
          }
        }
        return;
      case "ArrayPattern":
        for (const element of pattern.elements) if (element !== null) this.#declare(element, scope);
        return;
      case "RestElement":
        this.#declare(pattern.argument, scope);
        return;
      case "AssignmentPattern":
        this.#declare(pattern.left, scope);
        this.#visit(pattern.right);
        return;
      case "MemberExpression":
        this.#visit(pattern);
    }
  }

  #variables(node: VariableDeclaration): void {
    const scope = node.kind === "var" ? this.#scope.vars : this.#scope;
    for (const { id, init } of node.declarations) {
      this.#declare(id, scope);
      this.#visit(init);
    }
  }

  #all(nodes: readonly (AnyNode | null)[]): void {
    for (const node of nodes) this.#visit(node);
  }

  #visit(node: AnyNode | null | undefined): void {
    if (node === null || node === undefined) return;
    switch (node.type) {
      case "Identifier":
        return this.#use(node.name, node);
      case "PrivateIdentifier":
        return this.#use(`#${node.name}`, node);
      case "ThisExpression":
        return this.#use("this", node);
      case "Super":
        return this.#use("super", node);
      case "MetaProperty":
        return node.meta.name === "import" ? this.#use("import.meta", node) : undefined;
      case "MemberExpression":
        this.#visit(node.object);
        return node.computed || node.property.type === "PrivateIdentifier" ? this.#visit(node.property) : undefined;
      case "Property":
        if (node.computed) this.#visit(node.key);
        return this.#visit(node.value);
      case "UnaryExpression":
        if (
          node.operator === "typeof" && node.argument.type === "Identifier" && isPlatformQuestion(node.argument.name)
        ) {
          return;
        }
        return this.#visit(node.argument);
      case "FunctionDeclaration":
        if (node.id !== null) this.#scope.names.add(node.id.name);
        return this.#function(node, ["this", "super", "arguments"]);
      case "FunctionExpression":
        return this.#function(node, ["this", "super", "arguments"]);
      case "ArrowFunctionExpression":
        return this.#function(node, []);
      case "ClassDeclaration":
        if (node.id !== null) this.#scope.names.add(node.id.name);
        return this.#class(node);
      case "ClassExpression":
        return this.#class(node);
      case "VariableDeclaration":
        return this.#variables(node);
      case "CatchClause":
        return this.#within(false, [], () => {
          if (node.param) this.#declare(node.param, this.#scope);
          this.#visit(node.body);
        });
      case "BlockStatement":
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
        return this.#within(false, [], () => this.#children(node));
      case "SwitchStatement":
        this.#visit(node.discriminant);
        return this.#within(false, [], () => this.#all(node.cases));
      case "LabeledStatement":
        return this.#visit(node.body);
      case "BreakStatement":
      case "ContinueStatement":
        return;
      case "ImportExpression":
        this.#import(node.source);
        return this.#children(node);
      default:
        // Every other kind of node only holds more nodes.
        this.#children(node);
    }
  }

  #children(node: AnyNode): void {
    const children: unknown[] = Object.values(node);
    for (const child of children) {
      if (isNode(child)) this.#visit(child);
      else if (Array.isArray(child)) { for (const one of child) if (isNode(one)) this.#visit(one); }
    }
  }

  #import(source: AnyNode): void {
    const specifier = source.type === "Literal"
      ? source.value
      : source.type === "TemplateLiteral" && source.expressions.length === 0
      ? source.quasis[0]?.value.cooked
      : undefined;
    if (typeof specifier === "string") this.#imports.push({ start: source.start, end: source.end, specifier });
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
