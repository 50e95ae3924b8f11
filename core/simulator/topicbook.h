#pragma once
/// Which topics the simulated service has, what each requires, and whether a caller may have one.
///
/// Schemas are the published ones that come with the program (schemas/notification-topics.json). A topic name is not
/// more than its template here: that an identifier exists is not checked, as nothing says that the service does.
/// Thread: one. Memory: the schemas.
#include <QByteArray>
#include <QByteArrayList>
#include <vector>

namespace framescope {

class TopicBook
{
public:
    static constexpr qsizetype longestTopic = 200; ///< the service's limit

    struct Verdict
    {
        bool permitted = true;
        bool known = true;
        QByteArray reason; ///< why not
        QByteArrayList missingPermissions;
    };

    /// @p rejectedShare of all names lack a permission, drawn by name; negative: those of @p restricted, no others.
    TopicBook(const std::vector<QByteArray>& restricted, double rejectedShare);

    /// @p topic may be a combined one: it is rejected when one of its parts is.
    [[nodiscard]] Verdict judge(const QByteArray& topic, bool hasUser) const;
    /// The reply of availabletopics. @p expand: the names of the members to show beside `id` and `description`.
    [[nodiscard]] QByteArray listing(const QByteArrayList& expand, bool includePreview) const;

    /// "v2.users.X?presence&routingStatus" as its two topics, any other as itself; in lower case, as names are
    /// compared.
    [[nodiscard]] static QByteArrayList parts(const QByteArray& topic);

private:
    struct Entry
    {
        QByteArray id; ///< "v2.users.{id}.presence"
        QByteArray schema;
    };
    [[nodiscard]] const Entry* entryOf(const QByteArray& part) const;
    [[nodiscard]] bool isRestricted(const QByteArray& part) const;

    std::vector<Entry> m_entries;
    QByteArrayList m_restricted; ///< in lower case
    double m_rejectedShare;
};

} // namespace framescope
