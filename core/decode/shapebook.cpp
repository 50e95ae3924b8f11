#include "core/decode/shapebook.h"

#include "core/decode/asciitext.h"
#include "core/decode/shapetree.h"

#include <QHash>
#include <cstring>
#include <simdjson.h>
#include <unordered_set>

namespace framescope {

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr std::size_t parserDepth = 128;
/// Above it, the parser's memory (about 14 times the text) is given back before the next document.
constexpr std::size_t keptCapacity = std::size_t(8) * 1024 * 1024;

JsonKind kindOf(element_type type)
{
    switch (type) {
    case element_type::BOOL:
        return JsonKind::Boolean;
    case element_type::INT64:
    case element_type::UINT64:
        return JsonKind::Integer;
    case element_type::DOUBLE:
        return JsonKind::Number;
    case element_type::STRING:
        return JsonKind::String;
    case element_type::ARRAY:
        return JsonKind::Array;
    case element_type::OBJECT:
        return JsonKind::Object;
    case element_type::NULL_VALUE:
        break;
    }
    return JsonKind::Null;
}

quint64 scattered(quint64 value)
{
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL; // finaliser constants of SplitMix64 (public domain)
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
    return value ^ (value >> 31);
}

/// "CONNECTED", "voice-call", "v1.2": a word of ASCII without spaces. Four digits in a row are a number of something.
bool isCode(std::string_view text)
{
    if (text.empty() || !isLetter(text.front()))
        return false;
    int digits = 0;
    for (const char c : text) {
        digits = isDigit(c) ? digits + 1 : 0;
        if (digits >= 4 || !(isLetter(c) || isDigit(c) || c == '_' || c == '-' || c == '.' || c == ':' || c == '/'))
            return false;
    }
    return true;
}

} // namespace

struct ShapeBook::Private
{
    struct Type
    {
        QByteArray name;
        ShapeTree::Id root = ShapeTree::none;
        std::array<Sightings, ShapeTree::partCount> frames;
        std::size_t paths = 0;
        std::unordered_set<quint64> structures;
        bool hasMoreStructures = false;
        std::array<std::array<quint64, shapeBoundCount>, ShapeTree::partCount> unlearnt{};
    };

    explicit Private(const ShapeLimits& bounds)
        : limits(bounds)
        , tree(bounds)
    {
    }

    bool parse(QByteArrayView json, element& root);
    /// One walk: the hash of the set of paths and kinds comes out at its end.
    void visit(element value, ShapeTree::Id id);
    void visitMembers(simdjson::dom::object object, ShapeTree::Id id);
    void visitItems(simdjson::dom::array array, ShapeTree::Id id);
    [[nodiscard]] ShapeTree::Id learnMember(ShapeTree::Id parent, std::string_view name);
    [[nodiscard]] bool isFull() const;
    void note(ShapeTree::Node& node, ShapeTree::Id id, JsonKind kind);
    void noteText(ShapeTree::Node& node, std::string_view text) const;
    /// True for the first of its frame.
    bool see(Sightings& sightings) const;
    void passOver(ShapeBound bound) { ++current->unlearnt[part][std::size_t(bound)]; }

    ShapeLimits limits;
    ShapeTree tree;
    std::vector<Type> types;
    QHash<QByteArray, int> byName;
    std::size_t part = 0;

    simdjson::dom::parser parser;
    std::vector<char> padded; ///< the document with the parser's padding

    // Of the document that is being walked:
    Type* current = nullptr;
    quint64 frame = 0;
    quint64 structure = 0;
    quint64 serial = 0; ///< of objects and lists, ever
};

ShapeBook::ShapeBook(const ShapeLimits& limits)
    : d(std::make_unique<Private>(limits))
{
}

ShapeBook::~ShapeBook() = default;
ShapeBook::ShapeBook(ShapeBook&&) noexcept = default;
ShapeBook& ShapeBook::operator=(ShapeBook&&) noexcept = default;

int ShapeBook::typeOf(QByteArrayView name)
{
    const auto known = d->byName.constFind(QByteArray::fromRawData(name.data(), name.size()));
    if (known != d->byName.constEnd())
        return *known;
    if (d->types.size() >= d->limits.types)
        return -1;
    Private::Type type;
    type.name = name.toByteArray();
    type.root = d->tree.addRoot();
    d->byName.insert(type.name, int(d->types.size()));
    d->types.push_back(std::move(type));
    return int(d->types.size()) - 1;
}

void ShapeBook::beginSince()
{
    d->part = 1;
}

bool ShapeBook::learn(int type, quint64 frame, QByteArrayView json)
{
    element root;
    if (type < 0 || !d->parse(json, root))
        return false;
    d->current = &d->types[std::size_t(type)];
    d->frame = frame;
    d->structure = 0;
    d->visit(root, d->current->root);
    d->see(d->current->frames[d->part]);
    if (d->current->structures.size() < d->limits.structuresPerType)
        d->current->structures.insert(d->structure);
    else if (!d->current->hasMoreStructures)
        d->current->hasMoreStructures = !d->current->structures.contains(d->structure);
    return true;
}

bool ShapeBook::Private::parse(QByteArrayView json, element& root)
{
    if (!parser.implementation || parser.capacity() > keptCapacity) {
        parser = simdjson::dom::parser();
        padded = {};
        // simdjson counts the document itself as a level. An error here means no memory; the parse below reports it.
        [[maybe_unused]] const auto error = parser.allocate(1024, parserDepth + 1);
    }
    const auto size = std::size_t(json.size());
    padded.resize(std::max(padded.size(), size + simdjson::SIMDJSON_PADDING));
    std::memcpy(padded.data(), json.data(), size);
    std::memset(padded.data() + size, 0, simdjson::SIMDJSON_PADDING);
    const auto result = parser.parse(padded.data(), size, false);
    if (result.error() != simdjson::SUCCESS)
        return false;
    root = result.value_unsafe();
    return true;
}

bool ShapeBook::Private::see(Sightings& sightings) const
{
    ++sightings.values;
    if (sightings.last == frame)
        return false;
    sightings.last = frame;
    ++sightings.frames;
    if (sightings.first == 0)
        sightings.first = frame;
    return true;
}

void ShapeBook::Private::note(ShapeTree::Node& node, ShapeTree::Id id, JsonKind kind)
{
    ShapeTree::Counts& counts = node.parts[part];
    see(counts.all);
    // A sum, once for each path and kind: neither the order of members nor the length of lists is structure.
    if (see(counts.kinds[std::size_t(kind)]))
        structure += scattered(quint64(id) * jsonKindCount + quint64(kind));
}

void ShapeBook::Private::visit(element value, ShapeTree::Id id)
{
    ShapeTree::Node& node = tree.at(id);
    const JsonKind kind = kindOf(value.type());
    note(node, id, kind);
    if (kind < JsonKind::String)
        return;
    if (kind == JsonKind::String) {
        if (!node.hasManyTexts && !node.isPrivate)
            noteText(node, value.get_string().value_unsafe());
    } else if (node.depth >= limits.depth) {
        passOver(ShapeBound::Depth);
    } else if (kind == JsonKind::Array) {
        visitItems(value.get_array().value_unsafe(), id);
    } else {
        visitMembers(value.get_object().value_unsafe(), id);
    }
}

void ShapeBook::Private::visitMembers(simdjson::dom::object object, ShapeTree::Id id)
{
    const quint64 own = ++serial;
    std::size_t cursor = 0;
    for (const auto field : object) {
        ShapeTree::Id member = tree.findMember(id, field.key, cursor);
        if (member == ShapeTree::none) {
            member = learnMember(id, field.key);
            if (member == ShapeTree::none)
                continue;
            cursor = tree.at(id).members.size();
        }
        ShapeTree::Node& node = tree.at(member);
        if (node.owner != own) { // a member that stands twice is one
            node.owner = own;
            ++node.parts[part].owners;
        }
        visit(field.value, member);
    }
}

void ShapeBook::Private::visitItems(simdjson::dom::array array, ShapeTree::Id id)
{
    ShapeTree::Id item = tree.at(id).item;
    bool isFirst = true;
    for (const element value : array) {
        if (item == ShapeTree::none) {
            if (isFull()) {
                passOver(ShapeBound::Paths);
                return;
            }
            item = tree.addItem(id);
            ++current->paths;
        }
        if (std::exchange(isFirst, false))
            ++tree.at(item).parts[part].owners;
        visit(value, item);
    }
}

bool ShapeBook::Private::isFull() const
{
    return current->paths >= limits.pathsPerType || tree.size() >= limits.paths;
}

ShapeTree::Id ShapeBook::Private::learnMember(ShapeTree::Id parent, std::string_view name)
{
    if (isFull()) {
        passOver(ShapeBound::Paths);
        return ShapeTree::none;
    }
    if (tree.at(parent).members.size() >= limits.members) {
        passOver(ShapeBound::Members);
        return ShapeTree::none;
    }
    if (name.size() > limits.nameBytes) {
        passOver(ShapeBound::NameLength);
        return ShapeTree::none;
    }
    ++current->paths;
    return tree.addMember(parent, name);
}

void ShapeBook::Private::noteText(ShapeTree::Node& node, std::string_view value) const
{
    for (ShapeTree::Text& known : node.texts) {
        if (known.text == value) {
            if (known.count[part]++ == 0)
                known.first[part] = frame;
            return;
        }
    }
    if (node.texts.size() >= limits.texts || value.size() > limits.textBytes || !isCode(value)) {
        node.hasManyTexts = true;
        node.texts = {};
        return;
    }
    ShapeTree::Text text;
    text.text = value;
    text.count[part] = 1;
    text.first[part] = frame;
    node.texts.push_back(std::move(text));
}

namespace {

Sightings sum(const Sightings& before, const Sightings& since)
{
    return {before.values + since.values, before.frames + since.frames, before.first ? before.first : since.first,
            std::max(before.last, since.last)};
}

/// What a report is made from: one part of the book, or both.
class ShapeTeller
{
public:
    ShapeTeller(const ShapeTree& tree, ShapePart part)
        : m_tree(tree)
        , m_part(part)
    {
    }

    [[nodiscard]] Sightings of(const std::array<Sightings, ShapeTree::partCount>& parts) const
    {
        return m_part == ShapePart::Whole ? sum(parts[0], parts[1]) : parts[std::size_t(m_part)];
    }
    [[nodiscard]] quint64 of(const std::array<quint64, ShapeTree::partCount>& parts) const
    {
        return m_part == ShapePart::Whole ? parts[0] + parts[1] : parts[std::size_t(m_part)];
    }
    /// Depth first; the depth of the tree is bounded.
    void tell(ShapeTree::Id id, int parent, std::vector<ShapePath>& paths) const;

private:
    void tellCounts(const ShapeTree::Node& node, ShapePath& path) const;

    const ShapeTree& m_tree;
    ShapePart m_part;
};

QByteArray stepOf(const ShapeTree::Node& node)
{
    if (node.isItem)
        return "*";
    if (node.name == "*")
        return "~2";
    QByteArray step(node.name.data(), qsizetype(node.name.size()));
    return step.replace('~', "~0").replace('/', "~1");
}

void ShapeTeller::tellCounts(const ShapeTree::Node& node, ShapePath& path) const
{
    path.all = of(std::array{node.parts[0].all, node.parts[1].all});
    path.owners = of(std::array{node.parts[0].owners, node.parts[1].owners});
    for (std::size_t kind = 0; kind < jsonKindCount; ++kind)
        path.kinds[kind] = of(std::array{node.parts[0].kinds[kind], node.parts[1].kinds[kind]});
    for (const ShapeTree::Text& text : node.texts) {
        const quint64 first = m_part == ShapePart::Whole    ? (text.first[0] ? text.first[0] : text.first[1])
                              : m_part == ShapePart::Before ? text.first[0]
                                                            : text.first[1];
        if (of(text.count) > 0)
            path.texts.push_back({QByteArray(text.text.data(), qsizetype(text.text.size())), of(text.count), first});
    }
}

void ShapeTeller::tell(ShapeTree::Id id, int parent, std::vector<ShapePath>& paths) const
{
    const ShapeTree::Node& node = m_tree.at(id);
    ShapePath path;
    tellCounts(node, path);
    if (path.all.values == 0)
        return;
    path.parent = parent;
    path.isItem = node.isItem;
    path.name = QByteArray(node.name.data(), qsizetype(node.name.size()));
    if (parent >= 0)
        path.pointer = paths[std::size_t(parent)].pointer + '/' + stepOf(node);
    const int own = int(paths.size());
    paths.push_back(std::move(path));
    for (const ShapeTree::Id member : node.members)
        tell(member, own, paths);
    if (node.item != ShapeTree::none)
        tell(node.item, own, paths);
}

} // namespace

ShapeReport ShapeBook::report(ShapePart part) const
{
    const ShapeTeller teller(d->tree, part);
    ShapeReport report;
    std::array<Sightings, ShapeTree::partCount> all;
    for (const Private::Type& type : d->types) {
        for (std::size_t i = 0; i < all.size(); ++i) {
            const Sightings& own = type.frames[i];
            const bool isEarlier = own.first != 0 && (all[i].first == 0 || own.first < all[i].first);
            all[i] = {all[i].values + own.values, all[i].frames + own.frames, isEarlier ? own.first : all[i].first,
                      std::max(all[i].last, own.last)};
        }
        TypeShape shape;
        shape.frames = teller.of(type.frames);
        if (shape.frames.values == 0)
            continue;
        shape.type = type.name;
        shape.structures = type.structures.size();
        shape.hasMoreStructures = type.hasMoreStructures;
        for (std::size_t bound = 0; bound < shapeBoundCount; ++bound)
            shape.unlearnt[bound] = teller.of(std::array{type.unlearnt[0][bound], type.unlearnt[1][bound]});
        teller.tell(type.root, -1, shape.paths);
        report.types.push_back(std::move(shape));
    }
    report.frames = teller.of(all);
    return report;
}

} // namespace framescope
