#include "ui/detail/decodedmodel.h"

#include "ui/detail/jsonoutline.h"
#include "ui/detail/mediaheader.h"

#include <QScopedValueRollback>

namespace framescope {

namespace {

constexpr qsizetype longestValue = 400;

QString typeText(QByteArrayView key, OutlineKind kind)
{
    const auto withUnit = [key](const QString& type) {
        if (key.endsWith(QByteArrayView("Ms")))
            return DecodedModel::tr("%1 · ms").arg(type);
        if (key.endsWith(QByteArrayView("Bytes")))
            return DecodedModel::tr("%1 · bytes").arg(type);
        if (key.endsWith(QByteArrayView("Seconds")))
            return DecodedModel::tr("%1 · s").arg(type);
        return type;
    };
    switch (kind) {
    case OutlineKind::Object:
        return DecodedModel::tr("object");
    case OutlineKind::Array:
        return DecodedModel::tr("array");
    case OutlineKind::String:
        return DecodedModel::tr("string");
    case OutlineKind::Number:
        return withUnit(DecodedModel::tr("number"));
    case OutlineKind::Boolean:
        return DecodedModel::tr("boolean");
    case OutlineKind::Null:
        return DecodedModel::tr("null");
    case OutlineKind::Broken:
        return DecodedModel::tr("not JSON");
    }
    return {};
}

} // namespace

struct DecodedModel::Node
{
    Node* parent = nullptr;
    int row = 0;
    QString name;
    QString value;
    QString type;
    std::optional<Severity> severity;
    JsonSpan span;
    std::optional<JsonChildren> unread; ///< present while more children can be read
    std::vector<std::unique_ptr<Node>> children;
};

DecodedModel::DecodedModel(QObject* parent)
    : QAbstractItemModel(parent)
    , m_root(std::make_unique<Node>())
{
}

DecodedModel::~DecodedModel() = default;

void DecodedModel::setFrame(const Frame& frame)
{
    beginResetModel();
    m_payload = frame.payload;
    m_failing = {};
    m_root = std::make_unique<Node>();
    if ((frame.head.flags & FrameFlag::JsonPayload) != 0) {
        m_failing = FailingPlaces(m_payload, frame.findings);
        m_root->span = jsonRoot(m_payload);
        m_root->unread.emplace(m_payload, m_root->span);
        m_root->children = readMore(*m_root);
    } else {
        for (const DecodedRow& row : m_payload.isEmpty() ? std::vector<DecodedRow>() : mediaRows(m_payload)) {
            auto node = std::make_unique<Node>();
            node->parent = m_root.get();
            node->row = int(m_root->children.size());
            node->name = row.name;
            node->value = row.value;
            node->type = row.type;
            m_root->children.push_back(std::move(node));
        }
    }
    endResetModel();
}

void DecodedModel::clear()
{
    setFrame({});
}

QList<QModelIndex> DecodedModel::indexesToOpen()
{
    QList<QModelIndex> open;
    collectOpen({}, open);
    return open;
}

void DecodedModel::collectOpen(const QModelIndex& parent, QList<QModelIndex>& open)
{
    constexpr qsizetype mostOpen = 32;
    for (int row = 0; row < rowCount(parent) && open.size() < mostOpen; ++row) {
        const QModelIndex child = index(row, 0, parent);
        const Node* node = nodeOf(child);
        if (!node->span.isContainer() || !m_failing.leadsToFailure(node->span))
            continue;
        if (node->children.empty() && canFetchMore(child))
            fetchMore(child);
        open += child;
        collectOpen(child, open);
    }
}

DecodedModel::Node* DecodedModel::nodeOf(const QModelIndex& index) const
{
    return index.isValid() ? static_cast<Node*>(index.internalPointer()) : m_root.get();
}

std::unique_ptr<DecodedModel::Node> DecodedModel::childNode(Node& parent, const JsonMember& member) const
{
    auto node = std::make_unique<Node>();
    node->parent = &parent;
    node->name = member.key.isNull() ? QString() : jsonName(member.key);
    node->span = member.value;
    node->value = jsonValueText(m_payload, member.value, longestValue);
    node->type = typeText(member.key, member.value.kind);
    node->severity = m_failing.severityOf(member.value);
    if ((member.value.isContainer() && JsonChildren(m_payload, member.value).next()) ||
        !m_failing.missingFrom(member.value).empty())
        node->unread.emplace(m_payload, member.value);
    return node;
}

std::vector<std::unique_ptr<DecodedModel::Node>> DecodedModel::readMore(Node& node) const
{
    std::vector<std::unique_ptr<Node>> fresh;
    int row = int(node.children.size());
    while (node.unread && fresh.size() < std::size_t(fetchStep)) {
        const std::optional<JsonMember> member = node.unread->next();
        if (!member) {
            node.unread.reset();
            break;
        }
        fresh.push_back(childNode(node, *member));
        fresh.back()->row = row++;
        if (node.span.kind == OutlineKind::Array)
            fresh.back()->name = QString::number(fresh.back()->row);
    }
    if (node.unread)
        return fresh;
    for (const MissingMember& missing : m_failing.missingFrom(node.span)) {
        auto gone = std::make_unique<Node>();
        gone->parent = &node;
        gone->row = row++;
        gone->name = missing.name;
        gone->value = tr("missing");
        gone->severity = missing.severity;
        fresh.push_back(std::move(gone));
    }
    return fresh;
}

QModelIndex DecodedModel::index(int row, int column, const QModelIndex& parent) const
{
    const Node* node = nodeOf(parent);
    if (row < 0 || row >= int(node->children.size()) || column < 0 || column >= ColumnCount || parent.column() > 0)
        return {};
    return createIndex(row, column, node->children[std::size_t(row)].get());
}

QModelIndex DecodedModel::parent(const QModelIndex& child) const
{
    Node* parentNode = child.isValid() ? nodeOf(child)->parent : nullptr;
    return !parentNode || parentNode == m_root.get() ? QModelIndex() : createIndex(parentNode->row, 0, parentNode);
}

int DecodedModel::rowCount(const QModelIndex& parent) const
{
    return parent.column() > 0 ? 0 : int(nodeOf(parent)->children.size());
}

int DecodedModel::columnCount(const QModelIndex&) const
{
    return ColumnCount;
}

bool DecodedModel::hasChildren(const QModelIndex& parent) const
{
    const Node* node = nodeOf(parent);
    return parent.column() <= 0 && (!node->children.empty() || node->unread);
}

bool DecodedModel::canFetchMore(const QModelIndex& parent) const
{
    return !m_isFetching && parent.column() <= 0 && nodeOf(parent)->unread.has_value();
}

void DecodedModel::fetchMore(const QModelIndex& parent)
{
    // A view may ask for more while it is being told of the last rows.
    if (m_isFetching)
        return;
    const QScopedValueRollback guard(m_isFetching, true);
    Node* node = nodeOf(parent);
    std::vector<std::unique_ptr<Node>> fresh = readMore(*node);
    if (fresh.empty())
        return;
    const int first = int(node->children.size());
    beginInsertRows(parent, first, first + int(fresh.size()) - 1);
    std::move(fresh.begin(), fresh.end(), std::back_inserter(node->children));
    endInsertRows();
}

QVariant DecodedModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const Node* node = nodeOf(index);
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole: {
        const QString text = index.column() == MemberColumn  ? node->name
                             : index.column() == ValueColumn ? node->value
                                                             : node->type;
        // A tool tip would take text that begins like a tag for rich text.
        return role == Qt::ToolTipRole ? text.toHtmlEscaped() : text;
    }
    case SeverityRole:
        return node->severity ? QVariant(int(*node->severity)) : QVariant();
    default:
        return {};
    }
}

QVariant DecodedModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case MemberColumn:
        return tr("Member");
    case ValueColumn:
        return tr("Value");
    case TypeColumn:
        return tr("Type");
    default:
        return {};
    }
}

} // namespace framescope
