#pragma once
/// The schemas that the service publishes for its notification topics, compiled: what event bodies are judged by.
///
/// They are judged openly: nothing is required, null counts as absent, a member that the schema does not have and a
/// value outside its `enum` are notes (FIELD-UNKNOWN, ENUM-UNKNOWN), since the service adds both without notice; a
/// wrong type is an error. Sources: `GET /api/v2/notifications/availabletopics?expand=schema` when online, else the
/// offline copy (resources/schemas/notification-topics.json, the same form). Thread: any; immutable once made. Errors:
/// Parse, with the place. A topic whose schema does not compile is left out and listed in problems(), and so is a
/// keyword that is not run: one bad schema must not blind the session for the others.
#include "core/base/error.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QStringList>
#include <memory>

namespace framescope {

class TopicSchemas
{
public:
    [[nodiscard]] static Expected<TopicSchemas> builtIn();
    /// @p json: {"entities":[{"id","schema",...}]}.
    [[nodiscard]] static Expected<TopicSchemas> fromAvailableTopics(const QByteArray& json);

    /// Templates of the listed topics that have a schema, as the service names them. The system topics, which are
    /// delivered without being listed, are always judged, if need be by the offline copy.
    [[nodiscard]] QByteArrayList topics() const;
    [[nodiscard]] QStringList problems() const;
    [[nodiscard]] QByteArray version() const; ///< first 16 hexadecimal digits of the SHA-256 of all schemas

    struct Private; ///< the decoder's view, in topicschemas_p.h
    [[nodiscard]] const std::shared_ptr<const Private>& data() const { return d; }

private:
    std::shared_ptr<const Private> d;
};

} // namespace framescope
