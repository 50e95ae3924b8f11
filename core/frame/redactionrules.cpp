#include "core/frame/redactionrules.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>

namespace framescope {

namespace {

constexpr QByteArrayView markStart = "\"[redacted:";

void addTo(RedactedValues& values, const QByteArray& name, quint64 count)
{
    const auto known = std::find_if(values.begin(), values.end(), [&](const auto& each) { return each.first == name; });
    if (known == values.end())
        values.emplace_back(name, count);
    else
        known->second += count;
}

bool isRuleNameLetter(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
           c == '-';
}

bool hasControls(const QByteArray& text)
{
    return std::any_of(text.begin(), text.end(), [](char c) { return uchar(c) < 0x20 || uchar(c) == 0x7F; });
}

/// The index that a step stands for in a list (RFC 6901 section 4: no sign, no leading zero), or -1.
qint64 listIndexOf(std::string_view name)
{
    constexpr std::size_t longest = 9;
    const bool isNumber = !name.empty() && name.size() <= longest && (name.size() == 1 || name.front() != '0') &&
                          std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!isNumber)
        return -1;
    qint64 index = 0;
    for (const char digit : name)
        index = index * 10 + (digit - '0');
    return index;
}

/// `*` stands for any characters; without case. Goes back to the last `*` only, so it takes at most the product.
bool globFits(QByteArrayView pattern, QByteArrayView text)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c | 0x20) : c; };
    qsizetype at = 0;
    qsizetype star = -1;
    qsizetype resumed = 0;
    for (qsizetype i = 0; i < text.size();) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            resumed = i;
        } else if (at < pattern.size() && lower(pattern[at]) == lower(text[i])) {
            ++at;
            ++i;
        } else if (star >= 0) {
            at = star + 1;
            i = ++resumed;
        } else {
            return false;
        }
    }
    while (at < pattern.size() && pattern[at] == '*')
        ++at;
    return at == pattern.size();
}

Expected<QByteArray> textMember(const QJsonObject& object, const char* name, bool isNeeded)
{
    const QJsonValue value = object.value(QLatin1String(name));
    if (value.isString() || (value.isUndefined() && !isNeeded))
        return value.toString().toUtf8();
    return failure(ErrorCode::Parse, QStringLiteral("a text is needed"), QLatin1String(name));
}

Expected<void> checkMembers(const QJsonObject& object, const QStringList& known)
{
    for (const QString& key : object.keys()) {
        if (!known.contains(key))
            return failure(ErrorCode::Parse, QStringLiteral("unknown member; known are %1").arg(known.join(u", ")),
                           key);
    }
    return {};
}

Expected<RedactionRule> ruleOf(const QJsonValue& value)
{
    if (!value.isObject())
        return failure(ErrorCode::Parse, QStringLiteral("a rule is an object with name, pointer and maybe type"));
    const QJsonObject object = value.toObject();
    const auto known =
        checkMembers(object, {QStringLiteral("name"), QStringLiteral("pointer"), QStringLiteral("type")});
    if (!known)
        return tl::unexpected(known.error());
    RedactionRule rule;
    for (const auto& [text, name, isNeeded] :
         {std::tuple{&rule.name, "name", true}, std::tuple{&rule.pointer, "pointer", true},
          std::tuple{&rule.type, "type", false}}) {
        const auto read = textMember(object, name, isNeeded);
        if (!read)
            return tl::unexpected(read.error());
        *text = *read;
    }
    return rule;
}

tl::unexpected<Error> atPlace(const Error& error, const QString& place)
{
    const QString within = error.place.isEmpty() ? QString() : u'/' + error.place;
    return failure(error.code, error.detail, place + within);
}

} // namespace

Expected<std::vector<RedactionStep>> redactionSteps(QByteArrayView pointer)
{
    std::vector<RedactionStep> steps;
    if (!pointer.isEmpty() && pointer.front() != '/')
        return failure(ErrorCode::Parse, QStringLiteral("a JSON Pointer is empty or starts with '/'"));
    bool isEscaped = false;
    const auto close = [&steps, &isEscaped] {
        if (steps.empty())
            return;
        RedactionStep& step = steps.back();
        step.isAny = step.name == "*" && !isEscaped;
        step.index = isEscaped ? -1 : listIndexOf(step.name);
    };
    for (qsizetype i = 0; i < pointer.size(); ++i) {
        char c = pointer[i];
        if (c == '/') {
            close();
            if (steps.size() == RedactionRules::stepLimit)
                return failure(ErrorCode::Parse, QStringLiteral("at most %1 steps").arg(RedactionRules::stepLimit));
            steps.emplace_back();
            isEscaped = false;
            continue;
        }
        if (c == '~') {
            c = ++i < pointer.size() ? pointer[i] : '\0';
            if (c != '0' && c != '1' && c != '2')
                return failure(ErrorCode::Parse, QStringLiteral("'~' is followed by 0 ('~'), 1 ('/') or 2 ('*'), "
                                                                "at character %1")
                                                     .arg(i));
            c = c == '0' ? '~' : c == '1' ? '/' : '*';
            isEscaped = true;
        }
        steps.back().name.push_back(c);
    }
    close();
    return steps;
}

bool redactionTypeFits(QByteArrayView ruleType, QByteArrayView type)
{
    if (ruleType.isEmpty() || type.isEmpty() || globFits(ruleType, type))
        return true;
    // With '*' in it, and a placeholder in one of the two where the other has an identifier, which may hold dots.
    const QList<QByteArray> wanted = ruleType.toByteArray().split('.');
    const QList<QByteArray> segments = type.toByteArray().split('.');
    for (qsizetype i = 0; i < std::min(wanted.size(), segments.size()); ++i) {
        const bool isWanted = wanted[i].startsWith('{');
        const bool isSegment = segments[i].startsWith('{');
        if ((isWanted && i + 1 == wanted.size()) || (isSegment && i + 1 == segments.size()))
            return true;
        if (!isWanted && !isSegment && !globFits(wanted[i], segments[i]))
            return false;
    }
    return wanted.size() == segments.size();
}

QByteArray redactionMark(const QByteArray& ruleName)
{
    return "[redacted:" + ruleName + ']';
}

RedactedValues valuesByName(const RedactionRules& rules, const RedactionCounts& counts)
{
    RedactedValues values;
    for (std::size_t i = 0; i < rules.rules().size(); ++i)
        addTo(values, rules.rules()[i].name, i < counts.valuesOfRule.size() ? counts.valuesOfRule[i] : 0);
    return values;
}

RedactedValues redactedValuesIn(QByteArrayView kept)
{
    RedactedValues values;
    for (qsizetype at = kept.indexOf(markStart); at >= 0; at = kept.indexOf(markStart, at)) {
        at += markStart.size();
        qsizetype end = at;
        while (end < kept.size() && isRuleNameLetter(kept[end]))
            ++end;
        if (end > at && end - at <= RedactionRules::nameLimit && kept.sliced(end).startsWith("]\""))
            addTo(values, kept.sliced(at, end - at).toByteArray(), 1);
    }
    return values;
}

Expected<void> RedactionRules::add(RedactionRule rule)
{
    if (m_rules.size() >= ruleLimit)
        return failure(ErrorCode::InvalidArgument, QStringLiteral("at most %1 rules").arg(ruleLimit));
    if (rule.name.isEmpty() || rule.name.size() > nameLimit ||
        !std::all_of(rule.name.begin(), rule.name.end(), isRuleNameLetter))
        return failure(ErrorCode::Parse,
                       QStringLiteral("a name is 1 to %1 letters, digits, '.', '_' or '-'").arg(nameLimit),
                       QStringLiteral("name"));
    for (const auto& [text, place] :
         {std::pair{&rule.pointer, QStringLiteral("pointer")}, std::pair{&rule.type, QStringLiteral("type")}}) {
        if (text->size() > textLimit)
            return failure(ErrorCode::Parse, QStringLiteral("longer than %1 bytes").arg(textLimit), place);
        if (hasControls(*text))
            return failure(ErrorCode::Parse, QStringLiteral("control characters cannot stand here"), place);
    }
    if (rule.type.contains('='))
        return failure(ErrorCode::Parse, QStringLiteral("'=' cannot stand in a type; '*' fits it"),
                       QStringLiteral("type"));
    if (const auto steps = redactionSteps(rule.pointer); !steps)
        return failure(steps.error().code, steps.error().detail, QStringLiteral("pointer"));
    m_rules.push_back(std::move(rule));
    return {};
}

Expected<void> RedactionRules::add(const RedactionRules& others)
{
    for (const RedactionRule& rule : others.m_rules) {
        const bool isKnown = std::find(m_rules.begin(), m_rules.end(), rule) != m_rules.end();
        if (auto added = isKnown ? Expected<void>() : add(rule); !added)
            return added;
    }
    return {};
}

Expected<RedactionRules> RedactionRules::fromJson(const QByteArray& json)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (error.error != QJsonParseError::NoError)
        return failure(ErrorCode::Parse, error.errorString(), QStringLiteral("byte %1").arg(error.offset));
    const QJsonObject object = document.object();
    if (const auto known = checkMembers(object, {QStringLiteral("rules")}); !known)
        return atPlace(known.error(), {});
    const QJsonValue list = object.value(QStringLiteral("rules"));
    if (!list.isArray())
        return failure(ErrorCode::Parse, QStringLiteral("a list of rules is needed"), QStringLiteral("/rules"));
    RedactionRules rules;
    const QJsonArray array = list.toArray();
    for (const auto& value : array) {
        const QString place = QStringLiteral("/rules/%1").arg(rules.m_rules.size());
        const auto rule = ruleOf(value);
        if (!rule)
            return atPlace(rule.error(), place);
        if (const auto added = rules.add(*rule); !added)
            return atPlace(added.error(), place);
    }
    return rules;
}

Expected<RedactionRules> RedactionRules::fromFile(const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failure(ErrorCode::Io, file.errorString(), path);
    const QByteArray json = file.read(fileLimit + 1);
    if (json.size() > fileLimit)
        return failure(ErrorCode::Parse, QStringLiteral("larger than %1 bytes").arg(fileLimit), path);
    Expected<RedactionRules> rules = fromJson(json);
    if (!rules)
        return failure(rules.error().code, rules.error().detail, path + QStringLiteral(": ") + rules.error().place);
    return rules;
}

Expected<RedactionRule> RedactionRules::ruleFromLine(const QByteArray& line)
{
    const qsizetype equals = line.indexOf('=');
    if (equals < 0)
        return failure(ErrorCode::Parse, QStringLiteral("a rule is NAME=POINTER or NAME@TYPE=POINTER"));
    const QByteArray left = line.first(equals).trimmed();
    const qsizetype at = left.indexOf('@');
    const auto pointer = std::find_if(line.begin() + equals + 1, line.end(), [](char c) { return c != ' '; });
    RedactionRule rule{at < 0 ? left : left.first(at), line.mid(pointer - line.begin()),
                       at < 0 ? QByteArray() : left.mid(at + 1)};
    if (at >= 0 && rule.type.isEmpty())
        return failure(ErrorCode::Parse, QStringLiteral("a type is missing behind '@'"));
    RedactionRules trial;
    if (const auto added = trial.add(rule); !added)
        return failure(added.error().code, added.error().place + QStringLiteral(": ") + added.error().detail);
    return rule;
}

Expected<RedactionRules> RedactionRules::fromLines(const QByteArray& lines)
{
    RedactionRules rules;
    int number = 0;
    for (QByteArray line : lines.split('\n')) {
        const QString place = QStringLiteral("line %1").arg(++number);
        if (line.endsWith('\r'))
            line.chop(1);
        if (line.trimmed().isEmpty())
            continue;
        const auto rule = ruleFromLine(line);
        if (!rule)
            return failure(rule.error().code, rule.error().detail, place);
        if (const auto added = rules.add(*rule); !added)
            return failure(added.error().code, added.error().detail, place);
    }
    return rules;
}

QByteArray RedactionRules::toJson() const
{
    if (isEmpty())
        return {};
    QJsonArray list;
    for (const RedactionRule& rule : m_rules) {
        QJsonObject object{{QStringLiteral("name"), QString::fromUtf8(rule.name)},
                           {QStringLiteral("pointer"), QString::fromUtf8(rule.pointer)}};
        if (!rule.type.isEmpty())
            object.insert(QStringLiteral("type"), QString::fromUtf8(rule.type));
        list += object;
    }
    return QJsonDocument(QJsonObject{{QStringLiteral("rules"), list}}).toJson(QJsonDocument::Compact);
}

QByteArray RedactionRules::toLines() const
{
    QByteArray lines;
    for (const RedactionRule& rule : m_rules)
        lines += rule.name + (rule.type.isEmpty() ? QByteArray() : '@' + rule.type) + '=' + rule.pointer + '\n';
    return lines;
}

} // namespace framescope
